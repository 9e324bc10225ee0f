#include "app/commands/command_line.h"

int main(int argc, char** argv) { return updraft::app::run(argc, argv); }
