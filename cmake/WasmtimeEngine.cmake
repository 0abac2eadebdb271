# The imported target limen::engine_wasmtime: wasmtime's C API as one static archive.
#
# Either an installed C API (LIMEN_WASMTIME_ROOT), or the pinned crate in
# src/engines/wasmtime/capi, built by cargo once and kept outside the tree:
#
#   <cache>/engine/<version>-<hash>/lib/libwasmtime.a
#                                  /include/wasmtime.h …
#
# The hash covers everything that shapes the archive, so an entry never goes stale. It is built
# beside its place under a lock and then renamed: an interrupted build goes on where it was,
# parallel ones wait for each other, and a half-written entry can't be seen.

set(LIMEN_WASMTIME_VERSION 48.0.8)

# Sets <out> to the folder that holds the cache of built things.
function(limen_cache_dir out)
  if(LIMEN_CACHE_DIR)
    set(dir "${LIMEN_CACHE_DIR}")
  elseif(NOT "$ENV{LIMEN_CACHE}" STREQUAL "")
    set(dir "$ENV{LIMEN_CACHE}")
  elseif(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(dir "$ENV{XDG_CACHE_HOME}/limen")
  elseif(NOT "$ENV{HOME}" STREQUAL "")
    set(dir "$ENV{HOME}/.cache/limen")
  else()
    message(FATAL_ERROR "No place for the built engine: set HOME, LIMEN_CACHE or LIMEN_CACHE_DIR")
  endif()
  set(${out} "${dir}" PARENT_SCOPE)
endfunction()

# Sets <out> to the prefix of the built crate, building it when the cache does not have it.
function(limen_build_wasmtime out)
  set(crate "${PROJECT_SOURCE_DIR}/src/engines/wasmtime/capi")
  find_program(LIMEN_CARGO cargo)
  find_program(LIMEN_RUSTC rustc)
  mark_as_advanced(LIMEN_CARGO LIMEN_RUSTC)
  if(NOT LIMEN_CARGO OR NOT LIMEN_RUSTC)
    message(FATAL_ERROR "Rust is missing: install Rust 1.95 or newer (https://rustup.rs), or give an "
                        "installed wasmtime C API with -DLIMEN_WASMTIME_ROOT=<prefix>")
  endif()

  execute_process(COMMAND "${LIMEN_RUSTC}" -vV WORKING_DIRECTORY "${crate}"
                  OUTPUT_VARIABLE rustc COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "release: ([0-9.]+)" _ "${rustc}")
  if(CMAKE_MATCH_1 VERSION_LESS 1.95)
    message(FATAL_ERROR "Rust ${CMAKE_MATCH_1} is too old for the engine: it needs 1.95 or newer")
  endif()

  string(REGEX MATCH "host: ([^\n]+)" _ "${rustc}")
  set(target "${CMAKE_MATCH_1}")

  set(key "${rustc}$ENV{RUSTFLAGS}")
  foreach(file IN ITEMS Cargo.toml Cargo.lock src/lib.rs)
    file(SHA256 "${crate}/${file}" hash)
    string(APPEND key "${hash}")
    # A changed crate is seen at the next build, not only at the next configuring.
    set_property(DIRECTORY APPEND
                 PROPERTY CMAKE_CONFIGURE_DEPENDS "${crate}/${file}")
  endforeach()
  string(SHA256 key "${key}")
  string(SUBSTRING "${key}" 0 16 key)

  limen_cache_dir(cache)
  set(prefix "${cache}/engine/${LIMEN_WASMTIME_VERSION}-${key}")
  set(${out} "${prefix}" PARENT_SCOPE)
  if(EXISTS "${prefix}")
    return()
  endif()

  file(MAKE_DIRECTORY "${cache}/engine")
  set(lock "${prefix}.lock")
  file(LOCK "${lock}" GUARD FUNCTION RESULT_VARIABLE busy TIMEOUT 0)
  if(busy)
    message(STATUS "Another build makes the engine; waiting for it")
    file(LOCK "${lock}" GUARD FUNCTION)
    if(EXISTS "${prefix}")
      return()
    endif()
  endif()

  message(STATUS "Building the engine (wasmtime ${LIMEN_WASMTIME_VERSION}), once for all builds: "
                 "about 4 minutes on 2 cores")
  set(work "${prefix}.building")
  execute_process(
    COMMAND "${LIMEN_CARGO}" build --locked --release --target "${target}"
            --target-dir "${work}/target"
    WORKING_DIRECTORY "${crate}"
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The engine could not be built: cargo's messages are above")
  endif()

  # The crate's build script lays out the headers that fit the chosen features.
  set(built "${work}/target/${target}/release")
  file(GLOB headers "${built}/build/wasmtime-c-api-impl-*/out/include")
  list(LENGTH headers count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "Expected one folder of engine headers in ${work}, found ${count}")
  endif()
  file(REMOVE_RECURSE "${work}/prefix")
  file(COPY "${headers}" DESTINATION "${work}/prefix")
  file(MAKE_DIRECTORY "${work}/prefix/lib")
  file(RENAME "${built}/liblimen_wasmtime.a" "${work}/prefix/lib/libwasmtime.a")
  file(RENAME "${work}/prefix" "${prefix}")
  file(REMOVE_RECURSE "${work}")
  message(STATUS "The engine is in ${prefix}")
endfunction()

# Fails with one line when the C API below <prefix> is not complete or of another version.
function(limen_check_wasmtime prefix)
  if(NOT EXISTS "${prefix}/lib/libwasmtime.a" OR NOT EXISTS "${prefix}/include/wasmtime.h")
    message(FATAL_ERROR "${prefix} has no lib/libwasmtime.a or no include/wasmtime.h")
  endif()
  file(STRINGS "${prefix}/include/wasmtime.h" line REGEX "#define WASMTIME_VERSION ")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1" version "${line}")
  string(REGEX MATCH "^[0-9]+" wanted "${LIMEN_WASMTIME_VERSION}")
  if(NOT version MATCHES "^${wanted}\\.")
    message(FATAL_ERROR "${prefix} holds wasmtime ${version}; Limen needs ${wanted}.x")
  endif()
  file(READ "${prefix}/include/wasmtime/conf.h" conf)
  foreach(feature IN ITEMS CRANELIFT WINCH WAT THREADS POOLING_ALLOCATOR)
    if(NOT conf MATCHES "#define WASMTIME_FEATURE_${feature}\n")
      message(FATAL_ERROR "${prefix} was built without the feature ${feature}")
    endif()
  endforeach()
  set(LIMEN_WASMTIME_VERSION "${version}" PARENT_SCOPE)
endfunction()

if(LIMEN_WASMTIME_ROOT)
  set(limen_wasmtime_prefix "${LIMEN_WASMTIME_ROOT}")
else()
  limen_build_wasmtime(limen_wasmtime_prefix)
endif()
limen_check_wasmtime("${limen_wasmtime_prefix}")

add_library(limen::engine_wasmtime STATIC IMPORTED GLOBAL)
set_target_properties(
  limen::engine_wasmtime
  PROPERTIES IMPORTED_LOCATION "${limen_wasmtime_prefix}/lib/libwasmtime.a"
             INTERFACE_INCLUDE_DIRECTORIES "${limen_wasmtime_prefix}/include"
             # What Rust's standard library wants from the system.
             INTERFACE_LINK_LIBRARIES "Threads::Threads;dl;m")
