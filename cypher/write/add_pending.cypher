// Keeps facts whose parties have not arrived; one already kept is kept as it was first.
//
// params
//   $rows : list  maps of id, kind, missing, row, load
// returns
//   nothing
UNWIND $rows AS row
MERGE (p:Pending {id: row.id})
ON CREATE SET p = row
