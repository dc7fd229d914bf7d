declare module 'jsonld' {
  const jsonld: { toRDF(document: object, options: object): Promise<never[]> }
  export default jsonld
}
declare module 'rdf-canonize' {
  export function canonize(quads: readonly object[], options: object): Promise<string>
}
