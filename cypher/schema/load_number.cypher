// Two loads never share a number.
//
// params
//   nothing
// returns
//   nothing
CREATE CONSTRAINT Load_number IF NOT EXISTS FOR (l:Load) REQUIRE l.number IS UNIQUE
