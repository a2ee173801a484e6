// Finds the facts a load left pending.
//
// params
//   nothing
// returns
//   nothing
CREATE INDEX Pending_load IF NOT EXISTS FOR (p:Pending) ON (p.load)
