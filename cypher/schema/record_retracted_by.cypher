// Finds the facts of a kind that a load ended.
//
// params
//   KIND : record  one record of the model
// returns
//   nothing
CREATE INDEX KIND_retracted_by IF NOT EXISTS FOR (n:KIND) ON (n.retracted_by)
