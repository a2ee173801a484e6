// Notes that pending facts have become facts.
//
// params
//   $ids  : list     ids of pending facts
//   $load : integer  number of the load
// returns
//   nothing
UNWIND $ids AS id
MATCH (p:Pending {id: id})
SET p.settled_by = $load
