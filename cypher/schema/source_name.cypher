// Two sources never share a name.
//
// params
//   nothing
// returns
//   nothing
CREATE CONSTRAINT Source_name IF NOT EXISTS FOR (s:Source) REQUIRE s.name IS UNIQUE
