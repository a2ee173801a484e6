// Two parties never share an id.
//
// params
//   nothing
// returns
//   nothing
CREATE CONSTRAINT Party_id IF NOT EXISTS FOR (p:Party) REQUIRE p.id IS UNIQUE
