// A capture loop in C++: frames from OpenCV's VideoCapture, a verdict for each, and its mask without a copy.
//
//     c++ -std=c++17 capture.cpp $(pkg-config --cflags --libs fastdefect opencv4) -o capture
//     ./capture SOURCE [THREADS]        SOURCE: a video file, a pattern like frame%03d.png, or a camera's number
#include <fastdefect_engine.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

using Engine = std::unique_ptr<fd_engine, decltype(&fd_engine_destroy)>;

static fd_image view(cv::Mat &image) { return {image.data, static_cast<std::ptrdiff_t>(image.step)}; }

// Of the frames after the first, whose engine is made while it waits.
static void tell(std::vector<double> milliseconds) {
    if (milliseconds.empty()) return;
    std::sort(milliseconds.begin(), milliseconds.end());
    const auto at = [&](double share) { return milliseconds[static_cast<std::size_t>(share * (milliseconds.size() - 1))]; };
    std::cerr << "milliseconds from frame to verdict: p50 " << at(0.5) << ", p90 " << at(0.9) << ", p99 " << at(0.99)
              << ", longest " << milliseconds.back() << "\n";
}

int main(int argc, char **argv) {
    if (argc < 2) return std::cerr << "capture: expected SOURCE [THREADS]\n", 2;
    const std::string source = argv[1];
    const bool is_number = source.find_first_not_of("0123456789") == std::string::npos;
    cv::VideoCapture capture;
    if (!(is_number ? capture.open(std::stoi(source)) : capture.open(source)))
        return std::cerr << "capture: cannot open " << source << "\n", 2;

    Engine engine(nullptr, fd_engine_destroy);
    cv::Mat frame, mask;
    std::vector<double> milliseconds;
    for (int number = 0; capture.read(frame); number++) {
        const auto begin = std::chrono::steady_clock::now();
        if (!engine || mask.size() != frame.size()) {  // an engine belongs to a size
            engine.reset(fd_engine_create(frame.cols, frame.rows, nullptr, argc > 2 ? std::atoi(argv[2]) : 1));
            mask.create(frame.size(), CV_8U);
        }
        fd_outputs outputs = {};
        outputs.mask = view(mask);
        fd_verdict verdict;
        if (!engine || fd_engine_run(engine.get(), frame.data, static_cast<std::ptrdiff_t>(frame.step), frame.channels(),
                                     &outputs, &verdict) != FD_OK)
            return std::cerr << "capture: " << fd_last_error() << "\n", 2;
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
        if (number > 0) milliseconds.push_back(took.count());
        std::cout << "frame " << number << ": " << (verdict.is_defective ? "defective" : "good") << ", threshold "
                  << verdict.otsu_threshold << ", " << verdict.dark_pixels << " dark pixels\n";
    }
    tell(milliseconds);
}
