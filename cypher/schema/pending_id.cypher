// Two pending facts never share an id.
//
// params
//   nothing
// returns
//   nothing
CREATE CONSTRAINT Pending_id IF NOT EXISTS FOR (p:Pending) REQUIRE p.id IS UNIQUE
