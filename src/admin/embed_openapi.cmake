# Run as a script: writes OUT, a C++ file holding the text of the OpenAPI document FILE.
file(READ ${FILE} text)
set(code "// Made from src/admin/openapi.json by embed_openapi.cmake.\n")
string(APPEND code "#include \"admin/openapi.h\"\n\nnamespace updraft::admin {\n\n")
string(APPEND code "std::string_view const openapi_document = R\"openapi(${text})openapi\";\n\n")
string(APPEND code "}  // namespace updraft::admin\n")
file(WRITE ${OUT} "${code}")
