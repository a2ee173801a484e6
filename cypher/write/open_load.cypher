// Opens a load.
//
// params
//   $load : map  number, source, digest, delivery, delivered, opened_at, position, worker, report, trust
// returns
//   number : integer  number of the load
CREATE (l:Load)
SET l = $load
RETURN l.number AS number
