# What can be chosen when configuring, and what every choice is by default.

option(LIMEN_ENGINE_WASMTIME "Build limen::wasmtime, the engine on wasmtime's C API" ON)
set(LIMEN_WASMTIME_ROOT "" CACHE PATH
    "Prefix of an installed wasmtime C API; empty: build the pinned crate once and cache it")
set(LIMEN_CACHE_DIR "" CACHE PATH
    "Where the built engine is kept; empty: $LIMEN_CACHE, $XDG_CACHE_HOME/limen or ~/.cache/limen")

option(LIMEN_BUILD_COMMAND "Build the command limen" ${PROJECT_IS_TOP_LEVEL})
option(LIMEN_BUILD_TESTS "Build the tests and the guests that they run" ${PROJECT_IS_TOP_LEVEL})
option(LIMEN_BUILD_BENCH "Build the benchmarks" OFF)
option(LIMEN_BUILD_FUZZ "Build the fuzz targets (needs clang)" OFF)
option(LIMEN_CHECK_RESOLVE
       "Compare each answer of openat2 with that of the component walker (slow, for tests)" OFF)
option(LIMEN_COVERAGE "Record which lines run" OFF)
set(LIMEN_SANITIZE "" CACHE STRING
    "Sanitizers for Limen's own code, as -fsanitize= takes them: address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

if(NOT (CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$"))
  message(NOTICE "Limen is tested on Linux x86-64 only; this is ${CMAKE_SYSTEM_NAME} "
                 "${CMAKE_SYSTEM_PROCESSOR}")
endif()

# The command is nothing without an engine.
if(LIMEN_BUILD_COMMAND AND NOT LIMEN_ENGINE_WASMTIME)
  message(STATUS "No engine: the command is not built")
  set(LIMEN_BUILD_COMMAND OFF)
endif()
