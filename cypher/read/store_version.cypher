// Which version of the schema the store has.
//
// params
//   nothing
// returns
//   version : integer  version of the schema
MATCH (s:Store {name: 'store'})
RETURN s.version AS version
ORDER BY version
