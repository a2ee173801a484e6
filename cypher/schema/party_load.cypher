// Finds the parties a load brought.
//
// params
//   nothing
// returns
//   nothing
CREATE INDEX Party_load IF NOT EXISTS FOR (p:Party) ON (p.load)
