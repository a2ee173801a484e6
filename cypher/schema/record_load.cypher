// Finds the facts of a kind that a load brought.
//
// params
//   KIND : record  one record of the model
// returns
//   nothing
CREATE INDEX KIND_load IF NOT EXISTS FOR (n:KIND) ON (n.load)
