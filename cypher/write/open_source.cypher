// Notes a source and how far it is trusted.
//
// params
//   $source : string  name of the source
//   $trust  : float   0 to 1, higher is believed before lower
// returns
//   nothing
MERGE (s:Source {name: $source})
SET s.trust = $trust
