// Finds the facts of a kind that a load ended.
//
// params
//   KIND : relation  one relation of the model
// returns
//   nothing
CREATE INDEX KIND_retracted_by IF NOT EXISTS FOR ()-[r:KIND]-() ON (r.retracted_by)
