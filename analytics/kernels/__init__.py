"""The compiled inner loops, and nothing else.

A kernel takes plain contiguous arrays, 32-bit node numbers without a sign, and a range of owners, firms
or scenarios, so that it runs alike in a thread, a process or on another machine. Each is compiled once
for one signature when its module is imported, kept on disk, and works without the interpreter's lock.
Arguments are only read unless their type says that they are written.
"""
