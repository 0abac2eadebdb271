// list_test.cpp - the names of a directory.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <map>
#include <set>

#include "fs/host/host_test.hpp"

namespace limen::test {
namespace {

std::map<std::string, DirEntry> by_name(const Listing& listing) {
  std::map<std::string, DirEntry> entries;
  for (std::size_t i = 0; i < listing.size(); ++i) entries.emplace(listing[i].name, listing[i]);
  EXPECT_EQ(entries.size(), listing.size()) << "a name twice";
  return entries;
}

std::unique_ptr<Descriptor> open_dir(Directory& dir, std::string_view path) {
  return std::move(dir.open(path, {.oflags = OFlags::directory, .read = true}).value());
}

Directory& as_directory(const std::unique_ptr<Descriptor>& opened) {
  return static_cast<Directory&>(*opened);
}

TEST(List, EntriesAreWhatStatSays) {
  Tree tree;
  const auto dir = tree.grant(Resolve::openat2);
  const auto listing = dir->list();
  ASSERT_TRUE(listing);
  const auto entries = by_name(**listing);
  EXPECT_EQ(entries.size(), 5 + 14 + 2u);  // what Tree makes, and the dots
  for (const auto& [name, entry] : entries) {
    if (name == "..") continue;
    const auto stat = dir->stat_at(name, false);
    ASSERT_TRUE(stat) << name;
    EXPECT_EQ(entry.ino, stat->ino) << name;
    EXPECT_EQ(entry.type, stat->filetype) << name;
    EXPECT_NE(entry.ino, 0u);
  }
}

TEST(List, DotsComeFirst) {
  Tree tree;
  const auto dir = tree.grant(Resolve::openat2);
  for (const char* path : {".", "empty", "full/deep"}) {
    const auto opened = open_dir(*dir, path);
    const auto listing = as_directory(opened).list();
    ASSERT_TRUE(listing);
    EXPECT_EQ((**listing)[0].name, ".");
    EXPECT_EQ((**listing)[1].name, "..");
    EXPECT_EQ((**listing)[0].ino, (*dir->stat_at(path, false)).ino);
  }
}

// The guest's tree ends at what was granted: nothing tells where on the host that is.
TEST(List, AboveTheGrantIsTheGrant) {
  Tree tree;
  const auto dir = tree.grant(Resolve::openat2);
  const u64 top = dir->stat()->ino;
  EXPECT_EQ((**dir->list())[1].ino, top);
  EXPECT_EQ((**as_directory(open_dir(*dir, ".")).list())[1].ino, top);
  EXPECT_EQ((**as_directory(open_dir(*dir, "full/..")).list())[1].ino, top);
  EXPECT_EQ((**as_directory(open_dir(*dir, "full")).list())[1].ino, top);
  EXPECT_EQ((**as_directory(open_dir(*dir, "full/deep")).list())[1].ino,
            dir->stat_at("full", false)->ino);
}

TEST(List, EachListingIsFresh) {
  Tree tree;
  const auto dir = tree.grant(Resolve::openat2);
  const std::size_t before = (*dir->list())->size();
  tree.temp().file("in/new");
  EXPECT_EQ((*dir->list())->size(), before + 1);
  EXPECT_EQ((*dir->list())->size(), before + 1);
}

TEST(List, NamesAreBytes) {
  Tree tree;
  const auto dir = tree.grant(Resolve::openat2);
  const std::string odd = "\xff\xfe not text \n";
  tree.temp().file("in/empty/" + odd);
  EXPECT_TRUE(by_name(**as_directory(open_dir(*dir, "empty")).list()).contains(odd));
}

TEST(List, ARemovedDirectoryIsEmpty) {
  Tree tree;
  const auto dir = tree.grant(Resolve::openat2);
  const auto empty = open_dir(*dir, "empty");
  ASSERT_TRUE(dir->remove_directory("empty"));
  const auto listing = as_directory(empty).list();
  ASSERT_TRUE(listing);
  EXPECT_EQ((*listing)->size(), 2u);
}

TEST(List, AHundredThousandNames) {
  constexpr int count = 100'000;
  const TempDir temp(TempDir::fast_base());
  const UniqueFd fd = temp.open();
  for (int i = 0; i < count; ++i) {
    const std::string name = "entry-" + std::to_string(i);
    ASSERT_EQ(::mknodat(fd.get(), name.c_str(), S_IFREG | 0600, 0), 0);
  }
  const auto dir = std::move(host_directory(temp.open(), false, Resolve::openat2).value());
  const auto start = std::chrono::steady_clock::now();
  const auto listing = dir->list();
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(listing);
  EXPECT_EQ(by_name(**listing).size(), count + 2u);
  // A tenth of this is usual; a listing that is not linear takes minutes.
  EXPECT_LT(took, std::chrono::seconds(2));
}

}  // namespace
}  // namespace limen::test
