// There is one writer.
//
// params
//   nothing
// returns
//   nothing
CREATE CONSTRAINT Writer_name IF NOT EXISTS FOR (w:Writer) REQUIRE w.name IS UNIQUE
