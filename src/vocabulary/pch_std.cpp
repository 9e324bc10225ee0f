// CMake needs a library to which the precompiled header belongs; this is its only source file.
