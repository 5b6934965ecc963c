// Preloaded into a process on the system's libtorch, tells on stderr at its end where the time between its first and last operation went:
// milliseconds and calls of each operator and autograd node, less what it spent in others. Each call costs a microsecond more than without.
#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Tally {
    double milliseconds = 0;
    long calls = 0;
};

struct Open : at::ObserverContext {
    Clock::time_point start = Clock::now();
    double of_others = 0;
    Open* around = nullptr;
};

thread_local Open* innermost = nullptr;
std::mutex guard;
std::map<std::string, Tally>* tallies = nullptr;
long steps = 0;

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction&) {
    auto open = std::make_unique<Open>();
    open->around = innermost;
    innermost = open.get();
    return open;
}

void leave(const at::RecordFunction& function, at::ObserverContext* context) {
    auto* open = static_cast<Open*>(context);
    const double all = std::chrono::duration<double, std::milli>(Clock::now() - open->start).count();
    innermost = open->around;
    if (innermost) innermost->of_others += all;
    std::lock_guard<std::mutex> lock(guard);
    auto& tally = (*tallies)[function.name()];
    tally.milliseconds += all - open->of_others;
    tally.calls++;
}

void print() {
    std::lock_guard<std::mutex> lock(guard);
    std::vector<std::pair<std::string, Tally>> rows(tallies->begin(), tallies->end());
    std::sort(rows.begin(), rows.end(), [](auto& a, auto& b) { return a.second.milliseconds > b.second.milliseconds; });
    double sum = 0;
    for (auto& row : rows) sum += row.second.milliseconds;
    for (auto& [name, tally] : rows)
        if (tally.milliseconds >= sum / 200)
            std::fprintf(stderr, "%-48s %8.2f ms a step %6.1f %% %8.1f calls a step\n", name.c_str(), tally.milliseconds / steps,
                         100 * tally.milliseconds / sum, double(tally.calls) / steps);
    std::fprintf(stderr, "%-48s %8.2f ms a step\n", "all operations", sum / steps);
}

__attribute__((constructor)) void start() {
    const char* count = std::getenv("OPERATIONS_OF_STEPS");
    if (!count) return;
    steps = std::max(1L, std::atol(count));
    tallies = new std::map<std::string, Tally>;
    at::addGlobalCallback(at::RecordFunctionCallback(&enter, &leave));
    std::atexit(print);
}

}  // namespace
