/** Why a file does not open, a licence is not taken, or uses are not counted. */
export const readingProblems = {
  READING_REFUSED: {
    status: 403,
    title: 'This base may not open it',
    detail: 'This base may not open the file: {reason}.',
    nextStep: 'Take a licence for the work, or choose the version that is listed.',
  },
  KEY_OUT_OF_REACH: {
    status: 503,
    title: 'The key is out of reach',
    detail: 'No base that keeps the key of this file has given it: {reason}.',
    nextStep: 'Try again when more bases are connected.',
  },
  RANGE_REFUSED: {
    status: 416,
    title: 'There is no such part',
    detail: 'The file has {sizeBytes} bytes.',
    nextStep: 'Ask for a part that lies within the file.',
  },
  TERMS_REFUSED: {
    status: 422,
    title: 'The terms contradict themselves',
    detail: 'The terms cannot be offered: {field}.',
    nextStep: 'Correct what is named and offer again.',
  },
  WORK_NOT_HELD: {
    status: 409,
    title: 'Another account holds the work',
    detail: 'The account of this base does not hold work {workId}.',
    nextStep: 'Ask the holder of the work.',
  },
  OFFER_CLOSED: {
    status: 409,
    title: 'The offer is closed',
    detail: 'Offer {offerId} gives no licence for this work now.',
    nextStep: 'Look at the offers of the work and choose one that stands.',
  },
  MONEY_SHORT: {
    status: 409,
    title: 'There is not enough money',
    detail: '{needed} is needed and {available} is there, in the smallest unit.',
    nextStep: "Record a deposit to the base's purse, then try again.",
  },
} as const
