"""Rules as data: TOML files read into frozen records, and refused where they say what they may not.

`rule` says what every rule has to say of itself: names in both languages, the text it rests on, whether
anybody read it there, from when to when it is in force. `reading` is the one way in, for the files that
come with the program and for those of a lender's own: a record's fields are those of its dataclass, what a
field may be stands in its type, and what fields may be together the record's `flaws` say. A new rule is a
new file; a new kind of rule is a new dataclass.
"""
