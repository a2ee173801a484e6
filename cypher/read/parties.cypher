// The parties a load brought, in groups.
//
// params
//   $load : integer  number of the load
// returns
//   part    : string  last two characters of their ids
//   parties : list    lists of id, kind, source, anonymous
MATCH (p:Party)
WHERE p.load = $load
WITH right(p.id, 2) AS part, collect([p.id, p.kind, p.source, p.anonymous]) AS parties
RETURN part AS part,
       parties AS parties
ORDER BY part
