# The kinds of things that a source folder declares.

# limen_component(NAME fs_host SOURCES file.cpp … [LINK target …]
#                 [TESTS file_test.cpp … [TEST_LINK target …] [TEST_LABELS threads …]])
#
# One folder of the core: its objects become part of limen-core, its tests one executable
# `<name>_test` with the label unit and those of TEST_LABELS.
function(limen_component)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINK;TESTS;TEST_LINK;TEST_LABELS")
  set(objects limen_${arg_NAME}_objects)
  add_library(${objects} OBJECT ${arg_SOURCES})
  limen_target(${objects})
  target_link_libraries(${objects} PRIVATE fmt::fmt Threads::Threads ${arg_LINK})
  target_sources(limen_core PRIVATE $<TARGET_OBJECTS:${objects}>)
  if(arg_TESTS)
    limen_test(NAME ${arg_NAME}_test SOURCES ${arg_TESTS} LINK ${arg_TEST_LINK}
               LABELS unit ${arg_TEST_LABELS})
  endif()
endfunction()

# limen_test(NAME calls_test SOURCES a_test.cpp … [LINK target …] LABELS unit|engine|guest|slow|
#            threads … [ENVIRONMENT NAME=VALUE …])
#
# A GoogleTest executable on the core and the fake guest; each of its cases is a test of ctest.
# `threads` marks what the thread sanitizer runs in CI; the target limen_threads_tests builds those.
# Nothing happens when tests are off.
function(limen_test)
  if(NOT LIMEN_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINK;LABELS")
  add_executable(${arg_NAME} ${arg_SOURCES})
  limen_target(${arg_NAME})
  # The code of tests runs once: optimizing it takes three times as long as compiling it.
  target_compile_options(${arg_NAME} PRIVATE -O0 -U_FORTIFY_SOURCE)
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")  # for "tests/…"
  target_link_libraries(
    ${arg_NAME} PRIVATE limen_testing ${arg_LINK} fmt::fmt nlohmann_json::nlohmann_json rapidcheck
                        GTest::gmock GTest::gtest_main)
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(limen_threads_tests ${arg_NAME})
  endif()
  # Asked for its cases when ctest starts, not after each link.
  gtest_discover_tests(${arg_NAME} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES)
  # Properties of gtest_discover_tests can't be lists, and this way a change needs no build.
  set(properties "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_properties.cmake")
  file(CONFIGURE OUTPUT "${properties}" CONTENT "if(${arg_NAME}_TESTS)
  set_tests_properties(\${${arg_NAME}_TESTS} PROPERTIES LABELS \"${arg_LABELS}\" TIMEOUT 300)
endif()
" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties}")
endfunction()

# limen_engine(NAME wasmtime SOURCES engine.cpp … ARCHIVE imported-target)
#
# An engine: the static library limen-<name> on top of limen-core. The archive's headers are seen
# by this target alone; whoever links the library links the archive too.
function(limen_engine)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;ARCHIVE" "SOURCES")
  add_library(limen_${arg_NAME} STATIC ${arg_SOURCES})
  add_library(limen::${arg_NAME} ALIAS limen_${arg_NAME})
  set_target_properties(limen_${arg_NAME} PROPERTIES OUTPUT_NAME limen-${arg_NAME}
                                                     EXPORT_NAME ${arg_NAME})
  limen_target(limen_${arg_NAME})
  target_link_libraries(limen_${arg_NAME} PUBLIC limen_core PRIVATE ${arg_ARCHIVE} fmt::fmt)
endfunction()

# limen_command(SOURCES options.cpp … [LINK target …] [TESTS options_test.cpp …])
#
# The executable limen from main.cpp and SOURCES; the tests get SOURCES without main.cpp.
function(limen_command)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SOURCES;LINK;TESTS")
  add_library(limen_cli OBJECT ${arg_SOURCES})
  limen_target(limen_cli)
  target_link_libraries(limen_cli PUBLIC limen_limen ${arg_LINK} PRIVATE fmt::fmt)

  add_executable(limen main.cpp)
  limen_target(limen)
  target_link_libraries(limen PRIVATE limen_cli)
  set_target_properties(limen PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  limen_quick_start(limen)

  if(arg_TESTS)
    limen_test(NAME cli_test SOURCES ${arg_TESTS} LINK limen_cli LABELS unit)
  endif()
endfunction()

# Links an executable so that it starts in the time of a C program. Loading shared libstdc++, libm
# and fmt costs 0.5 ms of the 1.3 ms that an empty program with the engine then takes, and sorting
# out the engine's 20 MB of code is cheapest when relocations are packed. Not -static: the command
# has to load plug-ins and to resolve host names, and both want the system's C library.
function(limen_quick_start target)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR LIMEN_SANITIZE)
    return()
  endif()
  target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc
                      LINKER:--gc-sections LINKER:--as-needed LINKER:-z,relro LINKER:-z,now
                      LINKER:-z,pack-relative-relocs)
  get_target_property(type fmt::fmt TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/static_fmt.cpp")
  endif()
endfunction()

# limen_fuzz(<name>): the libFuzzer program fuzz_<name> from fuzz_<name>.cpp, on the fake guest.
function(limen_fuzz name)
  add_executable(fuzz_${name} fuzz_${name}.cpp)
  limen_target(fuzz_${name})
  target_link_libraries(fuzz_${name} PRIVATE limen_testing fmt::fmt)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
