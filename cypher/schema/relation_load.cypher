// Finds the facts of a kind that a load brought.
//
// params
//   KIND : relation  one relation of the model
// returns
//   nothing
CREATE INDEX KIND_load IF NOT EXISTS FOR ()-[r:KIND]-() ON (r.load)
