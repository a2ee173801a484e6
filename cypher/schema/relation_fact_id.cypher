// Two facts of a kind never share an id.
//
// params
//   KIND : relation  one relation of the model
// returns
//   nothing
CREATE CONSTRAINT KIND_fact_id IF NOT EXISTS FOR ()-[r:KIND]-() REQUIRE r.fact_id IS UNIQUE
