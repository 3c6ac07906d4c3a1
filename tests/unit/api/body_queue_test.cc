#include "api/body_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "api/gate.h"

namespace headway::api {
namespace {

TEST(BodyQueue, FullUntilSomebodyTakes) {
  int taken = 0;
  BodyQueue queue([&taken] { ++taken; });
  for (std::size_t i = 0; i < BodyQueue::kPiecesMax; ++i) {
    std::string piece(1, static_cast<char>('a' + i));
    EXPECT_TRUE(queue.offer(piece));
  }
  std::string kept = "z";
  EXPECT_FALSE(queue.offer(kept));
  EXPECT_EQ(kept, "z");
  EXPECT_EQ(*queue.next(), "a");
  EXPECT_EQ(taken, 1);
  EXPECT_TRUE(queue.offer(kept));
}

TEST(BodyQueue, WhatCameBeforeACutIsStillGiven) {
  BodyQueue queue([] {});
  std::string piece = "first";
  ASSERT_TRUE(queue.offer(piece));
  queue.fail({ErrorKind::unavailable, "the connection was closed", {}});
  queue.finish();
  EXPECT_EQ(*queue.next(), "first");
  EXPECT_EQ(queue.next().error().message, "the connection was closed");
}

TEST(BodyQueue, CrossesThreadsWhole) {
  BodyQueue queue([] {});
  std::thread sender([&queue] {
    for (int i = 0; i < 2000; ++i) {
      std::string piece = std::to_string(i) + ",";
      while (!queue.offer(piece)) std::this_thread::yield();
    }
    queue.finish();
  });
  std::string got, expected;
  while (true) {
    const auto piece = queue.next();
    if (piece->empty()) break;
    got += *piece;
  }
  sender.join();
  for (int i = 0; i < 2000; ++i) expected += std::to_string(i) + ",";
  EXPECT_EQ(got, expected);
}

TEST(Gate, RoomIsGivenBack) {
  Gate gate(10);
  {
    const Gate::Pass first = gate.enter(8, std::chrono::milliseconds{0});
    EXPECT_TRUE(first);
    EXPECT_FALSE(gate.enter(3, std::chrono::milliseconds{1}));
    EXPECT_TRUE(gate.enter(2, std::chrono::milliseconds{0}));
  }
  EXPECT_TRUE(gate.enter(10, std::chrono::milliseconds{0}));
}

}  // namespace
}  // namespace headway::api
