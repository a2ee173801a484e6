// Finds the pending facts a load settled.
//
// params
//   nothing
// returns
//   nothing
CREATE INDEX Pending_settled_by IF NOT EXISTS FOR (p:Pending) ON (p.settled_by)
