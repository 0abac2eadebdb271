# How Limen's own code is compiled and linked. Applied per target, so that nothing of it reaches a
# project that adds Limen as a subdirectory or finds it installed.

# Every option of the command line that is not a warning has its reason here.
set(limen_compile_options
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
    # Unused functions and tables leave the command again (--gc-sections below).
    -ffunction-sections -fdata-sections)
set(limen_link_options "")
set(limen_compile_definitions
    # The one place of the version is project() in the top CMakeLists.txt.
    LIMEN_VERSION="${PROJECT_VERSION}")

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # g++, the compiler that counts, does not mean this by -Wconversion.
  list(APPEND limen_compile_options -Wno-sign-conversion)
endif()

if(LIMEN_SANITIZE)
  list(APPEND limen_compile_options -fsanitize=${LIMEN_SANITIZE} -fno-sanitize-recover=all
       -fno-omit-frame-pointer)
  list(APPEND limen_link_options -fsanitize=${LIMEN_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The checks that sanitizers add make g++ 12 see paths that are not there.
    list(APPEND limen_compile_options -Wno-maybe-uninitialized -Wno-array-bounds
         -Wno-stringop-overflow)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # A second wall for a mistake of ours: out-of-range indexing of std types ends the process.
  list(APPEND limen_compile_options -D_GLIBCXX_ASSERTIONS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

if(LIMEN_CHECK_RESOLVE)
  list(APPEND limen_compile_definitions LIMEN_CHECK_RESOLVE)
endif()

if(LIMEN_COVERAGE)
  list(APPEND limen_compile_options --coverage -fprofile-update=atomic)
  list(APPEND limen_link_options --coverage)
endif()

# -O2: small checks around system calls, nothing that -O3 would make faster than it makes it bigger.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

function(limen_target target)
  target_compile_features(${target} PUBLIC cxx_std_23)
  set_target_properties(
    ${target}
    PROPERTIES CXX_EXTENSIONS OFF
               POSITION_INDEPENDENT_CODE ON
               # Calls between Limen's own files need no detour through a symbol table.
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${target} PRIVATE ${limen_compile_options})
  target_compile_definitions(${target} PRIVATE ${limen_compile_definitions})
  target_link_options(${target} PRIVATE ${limen_link_options})
  # "core/…", "calls/…" are internal; "limen/…" is what gets installed.
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src"
                                               "${PROJECT_SOURCE_DIR}/include")
endfunction()
