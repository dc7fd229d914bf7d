/** What an own wallet signed for a learning code waits here, sealed, for its one opening. */
export const ownWalletTables = `
ALTER TABLE learning_codes ADD COLUMN relayed_sealed BLOB;
CREATE INDEX learning_codes_relayed ON learning_codes (expires_at) WHERE relayed_sealed IS NOT NULL;
`
