#include "app/process/signals.h"

#include <pthread.h>

namespace updraft::app {

void ignore_deadly_signals() {
    for (auto const signal : {SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_IGN);
}

void ignore_stray_signals() {
    for (auto const signal :
         {SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGCHLD}) {
        ::signal(signal, SIG_IGN);
    }
    for (auto signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) ::signal(signal, SIG_IGN);
}

Signals::Signals() {
    sigemptyset(&set_);
    for (auto const signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
}

Signals::~Signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int Signals::wait() const {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) {
    }
    return signal;
}

std::optional<int> Signals::wait_for(Millis time) const {
    timespec const limit{.tv_sec = time.count() / 1000,
                         .tv_nsec = (time.count() % 1000) * 1'000'000};
    auto const signal = sigtimedwait(&set_, nullptr, &limit);
    if (signal < 0) return std::nullopt;
    return signal;
}

void Signals::let_interrupt_kill() {
    sigset_t interrupt{};
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
}

}  // namespace updraft::app
