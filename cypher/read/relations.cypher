// The facts of one relation that a load brought, as parallel lists in groups.
//
// params
//   KIND     : relation  one relation of the model
//   $load    : integer   number of the load
//   $low     : string    first fact id wanted
//   $high    : string    first fact id no longer wanted
//   $digits  : integer   characters of a fact id that make a group
//   $columns : list      names of the properties wanted beside those of every fact
// returns
//   part         : string  first characters of their fact ids
//   fact_id      : list    fact ids
//   digest       : list    hashes of what was said
//   recorded_at  : list    instants
//   load         : list    numbers of the loads that brought them
//   source       : list    names of the sources
//   source_ref   : list    the sources' names for their records
//   valid_from   : list    dates; empty for none
//   valid_to     : list    dates; empty for none
//   stated_from  : list    dates; empty for none
//   retracted_at : list    instants; empty for none
//   retracted_by : list    numbers of loads; 0 for none
//   confidence   : list    0 to 1; -1 for none
//   rest         : list    lists of the values of $columns, nulls kept
//   from         : list    ids of the holders, promisors, …
//   to           : list    ids of the other ends
MATCH (a)-[r:KIND]->(b)
WHERE r.load = $load AND r.fact_id >= $low AND r.fact_id < $high
WITH substring(r.fact_id, 0, $digits) AS part,
     collect(r.fact_id) AS fact_id,
     collect(r.digest) AS digest,
     collect(r.recorded_at) AS recorded_at,
     collect(r.load) AS load,
     collect(r.source) AS source,
     collect(r.source_ref) AS source_ref,
     collect(coalesce(r.valid_from, '')) AS valid_from,
     collect(coalesce(r.valid_to, '')) AS valid_to,
     collect(coalesce(r.stated_from, '')) AS stated_from,
     collect(coalesce(r.retracted_at, '')) AS retracted_at,
     collect(coalesce(r.retracted_by, 0)) AS retracted_by,
     collect(coalesce(r.confidence, -1.0)) AS confidence,
     collect([c IN $columns | r[c]]) AS rest,
     collect(a.id) AS from,
     collect(b.id) AS to
RETURN part AS part,
       fact_id AS fact_id,
       digest AS digest,
       recorded_at AS recorded_at,
       load AS load,
       source AS source,
       source_ref AS source_ref,
       valid_from AS valid_from,
       valid_to AS valid_to,
       stated_from AS stated_from,
       retracted_at AS retracted_at,
       retracted_by AS retracted_by,
       confidence AS confidence,
       rest AS rest,
       from AS from,
       to AS to
ORDER BY part
