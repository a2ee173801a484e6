// There is one note on the store itself.
//
// params
//   nothing
// returns
//   nothing
CREATE CONSTRAINT Store_name IF NOT EXISTS FOR (s:Store) REQUIRE s.name IS UNIQUE
