// Two facts of a kind never share an id.
//
// params
//   KIND : record  one record of the model
// returns
//   nothing
CREATE CONSTRAINT KIND_fact_id IF NOT EXISTS FOR (n:KIND) REQUIRE n.fact_id IS UNIQUE
