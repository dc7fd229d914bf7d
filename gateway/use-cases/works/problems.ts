import type { ProblemText } from '../../errors.ts'

/** Why a work is not uploaded, registered or reviewed. Part of `problems` in gateway/errors.ts. */
export const workProblems = {
  UPLOADS_TOO_MANY: {
    status: 409,
    title: 'Too many uploads',
    detail: 'At most {most} uploads are kept at a time.',
    nextStep: 'Finish or give up uploads that have begun, then try again.',
  },
  DRAFT_INCOMPLETE: {
    status: 409,
    title: 'Something is still missing',
    detail: 'The draft cannot be registered yet; missing: {gaps}.',
    nextStep: 'Complete what is named, then register.',
  },
  DRAFT_REFUSED: {
    status: 422,
    title: 'The draft cannot be kept like that',
    detail: '{where} {problem}.',
    nextStep: 'Correct the field named and save again.',
  },
  OPINION_REFUSED: {
    status: 409,
    title: 'The opinion is not taken',
    detail: 'The opinion cannot be given: {problem}.',
    nextStep: 'See Review for who judges this version.',
  },
  SIGNATURE_MISSING: {
    status: 409,
    title: 'A signature is missing',
    detail: 'The account {account} has to agree, because its share becomes smaller.',
    nextStep: 'Have the person sign, then send the change with the signature.',
  },
} as const satisfies Record<string, ProblemText>
