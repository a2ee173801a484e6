// Adds parties of one kind; each must be new.
//
// params
//   KIND  : party  Company, Person or State
//   $rows : list   maps of id, kind, source, anonymous, load
// returns
//   nothing
UNWIND $rows AS row
CREATE (p:Party:KIND)
SET p = row
