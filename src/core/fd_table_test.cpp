// fd_table_test.cpp - numbers are handed out lowest first, and nothing is closed twice.
#include "limen/abi/fd_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>

#include "testing/fake_descriptor.hpp"
#include "testing/print.hpp"

namespace limen::test {
namespace {

using testing::ElementsAre;

class FdTableTest : public testing::Test {
 protected:
  Entry make(Errno on_close = Errno::success) {
    auto owned = std::make_unique<FakeDescriptor>("", fake_file, &log);
    if (on_close != Errno::success) owned->failures().add(on_close);
    return make_entry(std::move(owned), rights::regular_file, Rights::none, FdFlags::none);
  }
  u32 insert() { return std::to_underlying(table.insert(make()).value()); }
  FakeLog log;
  FdTable table;
};

TEST_F(FdTableTest, EmptyTablesKnowNoNumber) {
  for (const u32 fd : {0u, 3u, 0x7FFFFFFFu, ~0u}) EXPECT_EQ(table.find(fd), nullptr);
  EXPECT_EQ(table.open_count(), 0u);
}

TEST_F(FdTableTest, InsertStartsAt3) {
  EXPECT_EQ(insert(), 3u);
  EXPECT_EQ(insert(), 4u);
  EXPECT_EQ(table.find(0), nullptr);
  EXPECT_EQ(table.open_count(), 2u);
}

TEST_F(FdTableTest, InsertFollowsWhatWasPlaced) {
  for (u32 fd = 0; fd < 5; ++fd) table.place(fd, make());
  EXPECT_EQ(insert(), 5u);
}

TEST_F(FdTableTest, FreedNumbersAreTakenLowestFirst) {
  for (int i = 0; i < 6; ++i) insert();
  for (const u32 fd : {7u, 4u, 5u}) EXPECT_TRUE(table.close(fd));
  EXPECT_EQ(insert(), 4u);
  EXPECT_EQ(insert(), 5u);
  EXPECT_EQ(insert(), 7u);
  EXPECT_EQ(insert(), 9u);
}

TEST_F(FdTableTest, StdioNumbersAreNotHandedOutAgain) {
  for (u32 fd = 0; fd < 3; ++fd) table.place(fd, make());
  for (u32 fd = 0; fd < 3; ++fd) EXPECT_TRUE(table.close(fd));
  EXPECT_EQ(insert(), 3u);
  EXPECT_EQ(table.open_count(), 1u);
}

TEST_F(FdTableTest, CloseTellsWhatTheHostSaysAndFreesAnyway) {
  const u32 fd = std::to_underlying(table.insert(make(Errno::dquot)).value());
  EXPECT_EQ(table.close(fd).error(), Errno::dquot);
  EXPECT_EQ(table.close(fd).error(), Errno::badf);
  EXPECT_EQ(insert(), fd);
}

TEST_F(FdTableTest, RenumberClosesTheTargetOnceAndIgnoresItsError) {
  const u32 from = insert();
  const u32 to = std::to_underlying(table.insert(make(Errno::io)).value());
  Descriptor* const moved = table.find(from)->descriptor.get();
  EXPECT_TRUE(table.renumber(from, to));
  EXPECT_EQ(table.find(from), nullptr);
  EXPECT_EQ(table.find(to)->descriptor.get(), moved);
  EXPECT_EQ(table.open_count(), 1u);
  EXPECT_THAT(log, ElementsAre("close"));
}

TEST_F(FdTableTest, RenumberNeedsBoth) {
  const u32 fd = insert();
  EXPECT_EQ(table.renumber(fd, 9).error(), Errno::badf);
  EXPECT_EQ(table.renumber(9, fd).error(), Errno::badf);
  EXPECT_EQ(table.renumber(9, 9).error(), Errno::badf);
  EXPECT_TRUE(table.renumber(fd, fd));
  EXPECT_NE(table.find(fd), nullptr);
}

TEST_F(FdTableTest, EntriesHaveTheRightsThatTheirDescriptorCanHave) {
  const Entry entry = make_entry(std::make_unique<FakeDescriptor>("", fake_stream), Rights{~u64{0}},
                                 Rights::fd_read, FdFlags::nonblock);
  EXPECT_EQ(entry.base, rights::stream);
  EXPECT_EQ(entry.inheriting, Rights::fd_read);
  EXPECT_EQ(entry.kind, Kind::stream);
  EXPECT_EQ(entry.flags, FdFlags::nonblock);
}

// Against a plain model: the lowest number from 3 on that is not in the map.
TEST_F(FdTableTest, AnyOrderOfOperationsKeepsLowestFirst) {
  std::mt19937 random(7);
  std::map<u32, Descriptor*> model;
  for (int step = 0; step < 4'000; ++step) {
    const auto a = static_cast<u32>(random() % 40);
    const auto b = static_cast<u32>(random() % 40);
    switch (random() % 4) {
      case 0:
      case 1: {
        u32 lowest = 3;
        while (model.contains(lowest)) ++lowest;
        if (model.size() > 30) break;
        ASSERT_EQ(insert(), lowest);
        model[lowest] = table.find(lowest)->descriptor.get();
        break;
      }
      case 2:
        ASSERT_EQ(table.close(a).has_value(), model.erase(a) == 1);
        break;
      default: {
        const bool both = model.contains(a) && model.contains(b);
        ASSERT_EQ(table.renumber(a, b).has_value(), both);
        if (both && a != b) {
          model[b] = model[a];
          model.erase(a);
        }
      }
    }
    ASSERT_EQ(table.open_count(), model.size());
    for (u32 fd = 0; fd < 45; ++fd) {
      const Entry* entry = table.find(fd);
      ASSERT_EQ(entry != nullptr, model.contains(fd)) << fd;
      if (entry != nullptr) {
        ASSERT_EQ(entry->descriptor.get(), model[fd]);
      }
    }
  }
}

TEST_F(FdTableTest, ClosingAndOpeningAmongManyIsNotLinear) {
  constexpr u32 kMany = 50'000;
  for (u32 i = 0; i < kMany; ++i) insert();
  const auto start = std::chrono::steady_clock::now();
  for (u32 i = 0; i < kMany; ++i) {
    const u32 fd = 3 + (i * 7919) % kMany;
    ASSERT_TRUE(table.close(fd));
    ASSERT_EQ(insert(), fd);
  }
  // A search through all numbers for each would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace limen::test
