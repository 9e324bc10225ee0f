// Exists so that the standard precompiled header has a library to belong to.
