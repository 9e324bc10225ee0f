// GoogleTest and the standard headers of the sources, compiled once for all test files.
//
// Lives here: headers of libraries.
//
// Not here:   our own headers: a change in one of them would compile all of this again.
#pragma once
#include "vocabulary/pch_std.h"
//
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
