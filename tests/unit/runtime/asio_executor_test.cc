#include "runtime/asio/asio_executor.h"

#include <gtest/gtest.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/asio/io_thread.h"
#include "runtime/asio/system_clock.h"
#include "runtime/asio/system_entropy.h"

namespace headway::runtime {
namespace {

using std::chrono::milliseconds;

// Runs `task` on the strand and waits for it.
void on_strand(AsioExecutor& executor, std::function<void()> task) {
  std::promise<void> ran;
  executor.post([&] {
    task();
    ran.set_value();
  });
  ran.get_future().wait();
}

TEST(AsioExecutor, RunsTasksInTheOrderPosted) {
  IoThread thread("test");
  AsioExecutor executor(thread.io());
  std::vector<int> seen;
  for (int i = 0; i < 5000; ++i) executor.post([&seen, i] { seen.push_back(i); });
  on_strand(executor, [] {});
  ASSERT_EQ(seen.size(), 5000u);
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(AsioExecutor, RunsOneTaskAtATimeOnManyThreads) {
  boost::asio::io_context io;
  auto work = boost::asio::make_work_guard(io);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&io] { io.run(); });
  std::int64_t unguarded = 0;  // a data race for TSan, were there two tasks at once
  {
    AsioExecutor executor(io);
    std::vector<std::thread> posters;
    for (int t = 0; t < 4; ++t) {
      posters.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) executor.post([&] { ++unguarded; });
      });
    }
    for (std::thread& t : posters) t.join();
    on_strand(executor, [] {});
    EXPECT_EQ(unguarded, 8000);
  }
  work.reset();
  io.stop();
  for (std::thread& t : threads) t.join();
}

TEST(AsioExecutor, NeverRunsATaskInsidePost) {
  IoThread thread("test");
  AsioExecutor executor(thread.io());
  bool inside = false, ran_inside = false;
  on_strand(executor, [&] {
    inside = true;
    executor.post([&] { ran_inside = inside; });
    inside = false;
  });
  on_strand(executor, [] {});
  EXPECT_FALSE(ran_inside);
}

TEST(AsioExecutor, LetsOtherHandlersRunBetweenBatches) {
  boost::asio::io_context io;
  AsioExecutor executor(io);
  int ran = 0, seen = -1;
  for (int i = 0; i < 3 * AsioExecutor::kBatchMax; ++i) executor.post([&] { ++ran; });
  boost::asio::post(io, [&] { seen = ran; });
  io.run();
  EXPECT_EQ(seen, AsioExecutor::kBatchMax);
  EXPECT_EQ(ran, 3 * AsioExecutor::kBatchMax);
}

TEST(AsioExecutor, TimersRunInTheOrderOfTheirTimes) {
  IoThread thread("test");
  AsioExecutor executor(thread.io());
  std::vector<int> seen;
  std::promise<void> last;
  executor.post([&] {
    executor.after(milliseconds{30}, [&] {
      seen.push_back(3);
      last.set_value();
    });
    executor.after(milliseconds{1}, [&] { seen.push_back(1); });
    executor.after(milliseconds{1}, [&] { seen.push_back(2); });
    executor.after(milliseconds{-5}, [&] { seen.push_back(0); });
  });
  last.get_future().wait();
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
}

TEST(AsioExecutor, ACancelledTimerNeverRunsEvenWhenDue) {
  IoThread thread("test");
  AsioExecutor executor(thread.io());
  bool ran = false;
  std::promise<void> done;
  executor.post([&] {
    executor.after(milliseconds{1}, [] {});
    Executor::TimerId second = executor.after(milliseconds{1}, [&] { ran = true; });
    std::this_thread::sleep_for(milliseconds{5});  // both are due now
    executor.cancel(second);
    executor.cancel(second);
    executor.cancel(12345);
    executor.after(milliseconds{10}, [&] { done.set_value(); });
  });
  done.get_future().wait();
  EXPECT_FALSE(ran);
}

TEST(AsioExecutor, ATimerMayCancelAnotherThatIsDue) {
  IoThread thread("test");
  AsioExecutor executor(thread.io());
  bool ran = false;
  Executor::TimerId victim = 0;
  std::promise<void> done;
  executor.post([&] {
    executor.after(milliseconds{1}, [&] { executor.cancel(victim); });
    victim = executor.after(milliseconds{1}, [&] { ran = true; });
    executor.after(milliseconds{10}, [&] { done.set_value(); });
    std::this_thread::sleep_for(milliseconds{5});
  });
  done.get_future().wait();
  EXPECT_FALSE(ran);
}

TEST(AsioExecutor, NothingRunsAfterShutdown) {
  IoThread thread("test");
  AsioExecutor executor(thread.io());
  auto held = std::make_shared<int>(0);
  std::atomic<bool> started{false}, ended{false}, late{false};
  executor.post([&] {
    executor.after(milliseconds{1}, [&late, held] { late = true; });
    started = true;
    std::this_thread::sleep_for(milliseconds{20});
    ended = true;
  });
  executor.post([&late, held] { late = true; });
  while (!started) std::this_thread::yield();
  executor.shutdown();
  EXPECT_TRUE(ended) << "shutdown waits for the running task";
  executor.post([&late, held] { late = true; });
  std::this_thread::sleep_for(milliseconds{20});
  EXPECT_FALSE(late);
  EXPECT_EQ(held.use_count(), 1) << "dropped tasks are destroyed";
}

TEST(AsioExecutor, ShutdownFromATaskDropsTheRest) {
  IoThread thread("test");
  std::atomic<bool> late{false};
  AsioExecutor executor(thread.io());
  std::promise<void> done;
  executor.post([&] {
    executor.post([&] { late = true; });
    executor.shutdown();
    done.set_value();
  });
  executor.post([&] { late = true; });
  done.get_future().wait();
  std::this_thread::sleep_for(milliseconds{10});
  EXPECT_FALSE(late);
}

TEST(AsioExecutor, MayBeDestroyedWhileTheLoopRuns) {
  IoThread thread("test");
  for (int i = 0; i < 200; ++i) {
    AsioExecutor executor(thread.io());
    for (int j = 0; j < 20; ++j) {
      executor.post([&executor] { executor.after(milliseconds{1}, [] {}); });
    }
  }
}

TEST(SystemClock, SteadyNeverGoesBackAndWallIsNow) {
  SystemClock clock;
  auto before = clock.steady();
  EXPECT_LE(before, clock.steady());
  EXPECT_GT(clock.wall(), from_ms(1'700'000'000'000));
}

TEST(SystemEntropy, FillsAndDiffers) {
  SystemEntropy entropy;
  EXPECT_NE(entropy.next(), entropy.next());
  std::array<std::uint8_t, 32> a{}, b{};
  entropy.fill(a);
  entropy.fill(b);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace headway::runtime
