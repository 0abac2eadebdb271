// calls/preview1.hpp - THE TABLE: every call, its names, its handler, what it needs.
//
// Read a row as: name(arguments) -> results, the handler in calls/calls.hpp, and what the first
// descriptor must be and have. Rights that depend on the values of arguments are in a check of the
// row's own: fd_seek (moving), path_open (creating, truncating, sync flags); those that poll_oneoff
// needs are per subscription and in its handler.
#pragma once

#include "calls/calls.hpp"

namespace limen {

using R = Rights;
using E = Errno;

using Preview1 = Table<
    Row<"args_get(argv)", calls::args_get>,
    Row<"args_sizes_get() -> argc, argv_buf_size", calls::args_sizes_get>,
    Row<"environ_get(environ)", calls::environ_get>,
    Row<"environ_sizes_get() -> environ_count, environ_buf_size", calls::environ_sizes_get>,
    Row<"clock_res_get(id) -> resolution", calls::clock_res_get>,
    Row<"clock_time_get(id, precision) -> time", calls::clock_time_get>,
    Row<"fd_advise(fd, offset, len, advice)", calls::fd_advise,
        Needs{.fd = R::fd_advise, .directory = E::badf, .stream = E::spipe}>,
    Row<"fd_allocate(fd, offset, len)", calls::fd_allocate,
        Needs{.fd = R::fd_allocate, .directory = E::badf, .stream = E::spipe}>,
    Row<"fd_close(fd)", calls::fd_close>,
    Row<"fd_datasync(fd)", calls::fd_datasync,
        Needs{.fd = R::fd_datasync, .alternative = R::fd_sync, .stream = E::inval}>,
    Row<"fd_fdstat_get(fd) -> stat", calls::fd_fdstat_get>,
    Row<"fd_fdstat_set_flags(fd, flags)", calls::fd_fdstat_set_flags,
        Needs{.fd = R::fd_fdstat_set_flags}>,
    Row<"fd_fdstat_set_rights(fd, fs_rights_base, fs_rights_inheriting)",
        calls::fd_fdstat_set_rights>,
    Row<"fd_filestat_get(fd) -> stat", calls::fd_filestat_get, Needs{.fd = R::fd_filestat_get}>,
    Row<"fd_filestat_set_size(fd, size)", calls::fd_filestat_set_size,
        Needs{.fd = R::fd_filestat_set_size, .directory = E::badf}>,
    Row<"fd_filestat_set_times(fd, atim, mtim, fst_flags)", calls::fd_filestat_set_times,
        Needs{.fd = R::fd_filestat_set_times}>,
    Row<"fd_pread(fd, iovs, offset) -> nread", calls::fd_pread,
        Needs{.fd = R::fd_read | R::fd_seek, .directory = E::isdir, .stream = E::spipe}>,
    Row<"fd_prestat_get(fd) -> prestat", calls::fd_prestat_get>,
    Row<"fd_prestat_dir_name(fd, path)", calls::fd_prestat_dir_name>,
    Row<"fd_pwrite(fd, iovs, offset) -> nwritten", calls::fd_pwrite,
        Needs{.fd = R::fd_write | R::fd_seek, .directory = E::badf, .stream = E::spipe}>,
    Row<"fd_read(fd, iovs) -> nread", calls::fd_read,
        Needs{.fd = R::fd_read, .directory = E::isdir}>,
    Row<"fd_readdir(fd, buf, cookie) -> bufused", calls::fd_readdir,
        Needs{.fd = R::fd_readdir, .not_directory = E::badf}>,
    Row<"fd_renumber(fd, to)", calls::fd_renumber>,
    Row<"fd_seek(fd, offset, whence) -> newoffset", calls::fd_seek,
        Needs{
            .fd = R::fd_tell, .alternative = R::fd_seek, .directory = E::badf, .stream = E::spipe},
        calls::fd_seek_check>,
    Row<"fd_sync(fd)", calls::fd_sync, Needs{.fd = R::fd_sync, .stream = E::inval}>,
    Row<"fd_tell(fd) -> offset", calls::fd_tell,
        Needs{
            .fd = R::fd_tell, .alternative = R::fd_seek, .directory = E::badf, .stream = E::spipe}>,
    Row<"fd_write(fd, iovs) -> nwritten", calls::fd_write,
        Needs{.fd = R::fd_write, .directory = E::badf}>,
    Row<"path_create_directory(fd, path)", calls::path_create_directory,
        Needs{.fd = R::path_create_directory}>,
    Row<"path_filestat_get(fd, flags, path) -> stat", calls::path_filestat_get,
        Needs{.fd = R::path_filestat_get}>,
    Row<"path_filestat_set_times(fd, flags, path, atim, mtim, fst_flags)",
        calls::path_filestat_set_times, Needs{.fd = R::path_filestat_set_times}>,
    Row<"path_link(old_fd, old_flags, old_path, new_fd, new_path)", calls::path_link,
        Needs{.fd = R::path_link_source, .second = R::path_link_target}>,
    Row<"path_open(fd, dirflags, path, oflags, fs_rights_base, fs_rights_inheriting, fdflags) -> "
        "opened_fd",
        calls::path_open, Needs{.fd = R::path_open}, calls::path_open_check>,
    Row<"path_readlink(fd, path, buf) -> bufused", calls::path_readlink,
        Needs{.fd = R::path_readlink}>,
    Row<"path_remove_directory(fd, path)", calls::path_remove_directory,
        Needs{.fd = R::path_remove_directory}>,
    Row<"path_rename(fd, old_path, new_fd, new_path)", calls::path_rename,
        Needs{.fd = R::path_rename_source, .second = R::path_rename_target}>,
    Row<"path_symlink(old_path, fd, new_path)", calls::path_symlink, Needs{.fd = R::path_symlink}>,
    Row<"path_unlink_file(fd, path)", calls::path_unlink_file, Needs{.fd = R::path_unlink_file}>,
    Row<"poll_oneoff(in) -> nevents", calls::poll_oneoff>, Row<"proc_exit(rval)", calls::proc_exit>,
    Row<"proc_raise(sig)", calls::proc_raise>, Row<"sched_yield()", calls::sched_yield>,
    Row<"random_get(buf)", calls::random_get>,
    Row<"sock_accept(fd, flags) -> opened_fd", calls::sock_accept,
        Needs{.fd = R::sock_accept, .connected = E::inval}>,
    Row<"sock_recv(fd, ri_data, ri_flags) -> ro_datalen, ro_flags", calls::sock_recv,
        Needs{.fd = R::fd_read}>,
    Row<"sock_send(fd, si_data, si_flags) -> so_datalen", calls::sock_send,
        Needs{.fd = R::fd_write}>,
    Row<"sock_shutdown(fd, how)", calls::sock_shutdown, Needs{.fd = R::sock_shutdown}>>;

/// Where snapshot 0 differs; every other call is the row above, and sock_accept is not there.
using Preview0Differences = Table<
    Row<"fd_fdstat_get(fd) -> stat", calls::fd_fdstat_get_v0>,
    Row<"fd_filestat_get(fd) -> stat", calls::fd_filestat_get_v0, Needs{.fd = R::fd_filestat_get}>,
    Row<"fd_seek(fd, offset, whence) -> newoffset", calls::fd_seek_v0,
        Needs{
            .fd = R::fd_tell, .alternative = R::fd_seek, .directory = E::badf, .stream = E::spipe},
        calls::fd_seek_check_v0>,
    Row<"path_filestat_get(fd, flags, path) -> stat", calls::path_filestat_get_v0,
        Needs{.fd = R::path_filestat_get}>,
    Row<"poll_oneoff(in) -> nevents", calls::poll_oneoff_v0>>;

using WasiThreads = Table<Row<"thread-spawn(start_arg)", calls::thread_spawn>>;

}  // namespace limen
