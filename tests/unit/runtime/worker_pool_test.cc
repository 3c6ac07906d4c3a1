#include "runtime/asio/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace headway::runtime {
namespace {

TEST(WorkerPool, RunsEveryTaskOnceAndDrainWaits) {
  WorkerPool pool(4, 10'000);
  std::atomic<int> ran{0};
  for (int i = 0; i < 5'000; ++i) EXPECT_TRUE(pool.submit([&] { ++ran; }));
  pool.drain();
  EXPECT_EQ(ran, 5'000);
  EXPECT_FALSE(pool.submit([&] { ++ran; })) << "closed";
}

TEST(WorkerPool, RefusesWhenFullAndTakesAgainAfterwards) {
  WorkerPool pool(1, 2);
  std::promise<void> started, release;
  auto released = release.get_future().share();
  std::atomic<int> ran{0};
  ASSERT_TRUE(pool.submit([&] {
    started.set_value();
    released.wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  EXPECT_FALSE(pool.submit([&] { ++ran; }));
  EXPECT_EQ(pool.waiting(), 2u);
  release.set_value();
  while (pool.waiting() > 0) std::this_thread::yield();
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  pool.drain();
  EXPECT_EQ(ran, 3);
}

TEST(WorkerPool, DestructionEndsWhatRunsAndDropsWhatWaits) {
  std::atomic<int> ended{0};
  auto held = std::make_shared<int>(0);
  {
    WorkerPool pool(1, 8);
    std::promise<void> started;
    ASSERT_TRUE(pool.submit([&] {
      started.set_value();
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      ++ended;
    }));
    started.get_future().wait();
    ASSERT_TRUE(pool.submit([&ended, held] { ended += 100; }));
  }
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(WorkerPool, UsesItsThreadsAtOnce) {
  WorkerPool pool(2, 8);
  std::promise<void> first, second;
  auto a = first.get_future().share(), b = second.get_future().share();
  ASSERT_TRUE(pool.submit([&, b] {
    first.set_value();
    b.wait();
  }));
  ASSERT_TRUE(pool.submit([&, a] {
    second.set_value();
    a.wait();
  }));
  pool.drain();  // ends only when both ran together
}

}  // namespace
}  // namespace headway::runtime
