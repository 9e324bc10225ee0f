#include "simulator/behaviour.h"

#include <random>

namespace updraft::simulator {

struct Chance::Engine {
    std::mt19937_64 numbers;
};

Chance::Chance(std::uint64_t seed) : engine_(new Engine{std::mt19937_64{seed}}) {}
Chance::~Chance() = default;

double Chance::share() { return std::uniform_real_distribution<double>{0, 1}(engine_->numbers); }

std::size_t Chance::below(std::size_t count) { return engine_->numbers() % count; }

}  // namespace updraft::simulator
