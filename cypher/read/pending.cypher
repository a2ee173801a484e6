// Facts of closed loads whose parties have not arrived.
//
// params
//   $version : integer  number of the last load that counts
// returns
//   id         : string   id of the pending fact
//   kind       : string   its kind
//   missing    : list     ids of the parties it waits for
//   row        : string   the staged row, as JSON
//   load       : integer  load that brought it
//   settled_by : integer  load that settled it, later than $version; null for none
MATCH (p:Pending)
WHERE p.load <= $version AND (p.settled_by IS NULL OR p.settled_by > $version)
RETURN p.id AS id,
       p.kind AS kind,
       p.missing AS missing,
       p.row AS row,
       p.load AS load,
       p.settled_by AS settled_by
ORDER BY id
