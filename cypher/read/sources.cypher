// All sources and how far they are trusted.
//
// params
//   nothing
// returns
//   source : string  name of the source
//   trust  : float   0 to 1
MATCH (s:Source)
RETURN s.name AS source,
       s.trust AS trust
ORDER BY source
