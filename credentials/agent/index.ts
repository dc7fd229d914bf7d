export type { AgentStore, AgentStoreKind } from './agent-store.ts'
export { type AgentComponents, createGuildhallAgent, type GuildhallAgent } from './create-agent.ts'
export type { ICredentialV2, IssueCredentialV2Arguments, VerifyCredentialV2Arguments } from './credential-v2-plugin.ts'
