// Notes which version of the schema the store has.
//
// params
//   $version : integer  version of the schema
// returns
//   nothing
MERGE (s:Store {name: 'store'})
SET s.version = $version
