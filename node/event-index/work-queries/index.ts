/** What the read model knows of works and money: plain functions of the database handle, as in `queries/`. */
export * from './disputes.ts'
export * from './licences.ts'
export * from './money.ts'
export * from './reviews.ts'
export * from './royalties.ts'
export * from './usage.ts'
export * from './works.ts'
